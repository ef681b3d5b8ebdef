// Generates many small data sets from data/bikeshare, like those of stores or machines. Each data set has its own rows,
// scale and noise. These are random, with the number of the data set as the seed, so they are the same in every run.
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const BIKES = join(__dirname, '../bikeshare');

/** Share of the rows in the validation data. */
const VALIDATION = 0.2;

/**
 * Writes `<folder>/<id>/train/data.csv` and `<folder>/<id>/validation/data.csv` for each data set.
 *
 * @param {string} folder
 * @param {{ count: number, minRows?: number, maxRows?: number, broken?: readonly number[] }} options
 *   `broken`: numbers of the data sets whose labels are not numbers
 * @returns {string[]} the IDs, such as `station-007`
 */
function makeDataSets(folder, { count, minRows = 200, maxRows = 2000, broken = [] }) {
  const rows = readFileSync(join(BIKES, 'train/train.csv'), 'utf8').trim().split('\n');
  return Array.from({ length: count }, (_, number) => {
    const random = randomNumbers(number + 1);
    const size = Math.round(minRows + random() * (maxRows - minRows));
    const [scale, noise] = [0.5 + random(), 0.3 * random()];
    const start = Math.floor(random() * rows.length);
    const lines = Array.from({ length: size }, (_, index) => {
      // Steps of 37 rows mix hours and days. No row repeats, because 37 and the number of rows have no common factor.
      const [label, ...features] = (rows[(start + index * 37) % rows.length] ?? '').split(',');
      const value = broken.includes(number) ? 'nan' : (Number(label) * scale + noise * (random() - 0.5)).toFixed(4);
      return [value, ...features].join(',');
    });
    const id = `station-${String(number).padStart(3, '0')}`;
    const validation = Math.round(size * VALIDATION);
    write(join(folder, id, 'train'), lines.slice(validation));
    write(join(folder, id, 'validation'), lines.slice(0, validation));
    return id;
  });
}

/**
 * @param {string} folder
 * @param {readonly string[]} lines
 */
function write(folder, lines) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'data.csv'), `${lines.join('\n')}\n`);
}

/**
 * Random numbers from 0 to 1 (mulberry32).
 *
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

module.exports = { makeDataSets };
