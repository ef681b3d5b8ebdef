package example;

import io.github.cdksagemakertuning.Algorithm;
import io.github.cdksagemakertuning.AutoMlWorkflow;
import io.github.cdksagemakertuning.Framework;
import io.github.cdksagemakertuning.NumericRangeOptions;
import io.github.cdksagemakertuning.Objective;
import io.github.cdksagemakertuning.ParameterRange;
import io.github.cdksagemakertuning.ScalingType;
import io.github.cdksagemakertuning.ScriptOptions;
import io.github.cdksagemakertuning.ScriptSource;
import io.github.cdksagemakertuning.TrainingMetricDefinition;
import io.github.cdksagemakertuning.TuningWorkflow;
import io.github.cdksagemakertuning.XGBoostOptions;
import io.github.cdksagemakertuning.XGBoostVersion;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.AccountRootPrincipal;
import software.amazon.awscdk.services.iam.Role;

/**
 * Synthesizes the stacks of ../stacks.ts in Java. Arguments: the output folder, and the folder of the training script.
 */
public final class App {
  public static void main(final String[] args) {
    final var app = new software.amazon.awscdk.App(AppProps.builder().outdir(args[0]).build());

    final var xgboost = new Stack(app, "XGBoost");
    final var workflow = TuningWorkflow.Builder.create(xgboost, "Tuning")
        .algorithm(Algorithm.xgboost(XGBoostOptions.builder().version(XGBoostVersion.V3_2_0).build()))
        .objective(Objective.minimize("validation:rmse"))
        .hyperparameters(Map.of("objective", "reg:squarederror"))
        .parameterRanges(List.of(
            integer("num_round", 100, 1000),
            integer("max_depth", 3, 10),
            ParameterRange.continuous("eta", NumericRangeOptions.builder()
                .min(0.01).max(0.5).scaling(ScalingType.LOGARITHMIC).build())))
        .maxTrainingJobs(50)
        .maxParallelTrainingJobs(5)
        .build();
    workflow.grantStartExecution(
        Role.Builder.create(xgboost, "Analysts").assumedBy(new AccountRootPrincipal()).build());

    TuningWorkflow.Builder.create(new Stack(app, "Script"), "Tuning")
        .algorithm(Algorithm.script(ScriptOptions.builder()
            .source(ScriptSource.fromFolder(args[1]))
            .entryPoint("train.py")
            .framework(Framework.scikitLearn("1.4-2"))
            .metrics(List.of(TrainingMetricDefinition.builder()
                .name("validation:rmse").regex("rmse on validation: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)").build()))
            .build()))
        .objective(Objective.minimize("validation:rmse"))
        .parameterRanges(List.of(integer("max-depth", 3, 16)))
        .build();

    AutoMlWorkflow.Builder.create(new Stack(app, "AutoMl"), "Churn").target("churned").build();

    app.synth();
  }

  private static ParameterRange integer(final String name, final int min, final int max) {
    return ParameterRange.integer(name, NumericRangeOptions.builder().min(min).max(max).build());
  }
}
