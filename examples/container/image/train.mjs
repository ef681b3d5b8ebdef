#!/usr/bin/env node
// A custom training program in any language. SageMaker runs it with the data and the hyperparameters below /opt/ml, and
// uploads the model from there. This program fits a ridge regression.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = process.env.SAGEMAKER_BASE_DIR ?? '/opt/ml';
/** Column of the hour of the day. Rentals rise and fall twice a day, which a single linear term cannot represent. */
const HOUR = 3;

function main() {
  const hyperparameters = JSON.parse(readFileSync(join(ROOT, 'input/config/hyperparameters.json'), 'utf8'));
  const ridge = Number(hyperparameters.ridge);
  const knots = Number(hyperparameters.hour_knots);
  const train = load('train', knots);
  const weights = solve(train, ridge);
  const validation = load('validation', knots);
  const errors = validation.map(({ features, label }) => (dot(features, weights) - label) ** 2);
  const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / errors.length);
  console.log(`rmse on validation: ${rmse.toFixed(6)}`);
  writeFileSync(join(ROOT, 'model/model.json'), JSON.stringify({ weights, knots }));
}

function load(channel, knots) {
  const folder = join(ROOT, 'input/data', channel);
  const lines = readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8').trim().split('\n'),
  );
  return lines.map((line) => {
    const [label, ...features] = line.split(',').map(Number);
    const hinges = Array.from({ length: knots }, (_, knot) =>
      Math.max(0, features[HOUR] - (24 * knot) / knots),
    );
    return { label, features: [1, ...features, ...hinges] };
  });
}

/** Solves (X'X + ridge I) w = X'y. */
function solve(rows, ridge) {
  const size = rows[0].features.length;
  const matrix = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size + 1 }, (_, j) => (i === j ? ridge : 0)),
  );
  for (const { features, label } of rows) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) matrix[i][j] += features[i] * features[j];
      matrix[i][size] += features[i] * label;
    }
  }
  for (let i = 0; i < size; i++) {
    for (let row = 0; row < size; row++) {
      if (row === i) continue;
      const factor = matrix[row][i] / matrix[i][i];
      for (let j = i; j <= size; j++) matrix[row][j] -= factor * matrix[i][j];
    }
  }
  return matrix.map((row, i) => row[size] / row[i]);
}

function dot(left, right) {
  return left.reduce((sum, value, i) => sum + value * right[i], 0);
}

try {
  main();
} catch (error) {
  // SageMaker reports the content of this file as the failure reason.
  writeFileSync(join(ROOT, 'output/failure'), String(error));
  process.exitCode = 1;
}
