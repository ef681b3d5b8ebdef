// Synthesizes the stacks of ../stacks.ts in Go. Arguments: the output folder, and the folder of the training script.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
	tuning "github.com/cdk-sagemaker-tuning/cdk-sagemaker-tuning-go/cdksagemakertuning"
)

func integer(name string, min, max float64) tuning.ParameterRange {
	return tuning.ParameterRange_Integer(jsii.String(name), &tuning.NumericRangeOptions{
		Min: jsii.Number(min), Max: jsii.Number(max),
	})
}

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(os.Args[1])})

	xgboost := awscdk.NewStack(app, jsii.String("XGBoost"), nil)
	workflow := tuning.NewTuningWorkflow(xgboost, jsii.String("Tuning"), &tuning.TuningWorkflowProps{
		Algorithm:       tuning.Algorithm_Xgboost(&tuning.XGBoostOptions{Version: tuning.XGBoostVersion_V3_2_0()}),
		Objective:       tuning.Objective_Minimize(jsii.String("validation:rmse")),
		Hyperparameters: &map[string]interface{}{"objective": "reg:squarederror"},
		ParameterRanges: &[]tuning.ParameterRange{
			integer("num_round", 100, 1000),
			integer("max_depth", 3, 10),
			tuning.ParameterRange_Continuous(jsii.String("eta"), &tuning.NumericRangeOptions{
				Min: jsii.Number(0.01), Max: jsii.Number(0.5), Scaling: tuning.ScalingType_LOGARITHMIC,
			}),
		},
		MaxTrainingJobs:         jsii.Number(50),
		MaxParallelTrainingJobs: jsii.Number(5),
	})
	workflow.GrantStartExecution(awsiam.NewRole(xgboost, jsii.String("Analysts"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewAccountRootPrincipal(),
	}))

	tuning.NewTuningWorkflow(awscdk.NewStack(app, jsii.String("Script"), nil), jsii.String("Tuning"), &tuning.TuningWorkflowProps{
		Algorithm: tuning.Algorithm_Script(&tuning.ScriptOptions{
			Source:     tuning.ScriptSource_FromFolder(jsii.String(os.Args[2])),
			EntryPoint: jsii.String("train.py"),
			Framework:  tuning.Framework_ScikitLearn(jsii.String("1.4-2")),
			Metrics: &[]*tuning.TrainingMetricDefinition{{
				Name: jsii.String("validation:rmse"), Regex: jsii.String("rmse on validation: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"),
			}},
		}),
		Objective:       tuning.Objective_Minimize(jsii.String("validation:rmse")),
		ParameterRanges: &[]tuning.ParameterRange{integer("max-depth", 3, 16)},
	})

	tuning.NewAutoMlWorkflow(awscdk.NewStack(app, jsii.String("AutoMl"), nil), jsii.String("Churn"), &tuning.AutoMlWorkflowProps{
		Target: jsii.String("churned"),
	})

	app.Synth(nil)
}
