// Preloaded into a process. For each file that is renamed or linked, reports whether its content had been flushed to
// disk.
const fs = require('node:fs');
const { basename } = require('node:path');

const pathOf = new Map();
const synced = new Set();

const openSync = fs.openSync;
fs.openSync = (path, ...rest) => {
  const descriptor = openSync(path, ...rest);
  pathOf.set(descriptor, path);
  return descriptor;
};
const fdatasyncSync = fs.fdatasyncSync;
fs.fdatasyncSync = (descriptor) => {
  fdatasyncSync(descriptor);
  synced.add(pathOf.get(descriptor));
};
const fdatasync = fs.fdatasync;
fs.fdatasync = (descriptor, done) => {
  const path = pathOf.get(descriptor);
  fdatasync(descriptor, (error) => {
    if (!error) synced.add(path);
    done(error);
  });
};
for (const name of ['renameSync', 'linkSync']) {
  const move = fs[name];
  fs[name] = (from, to) => {
    process.stdout.write(`${basename(to)} ${synced.has(from) ? 'synced' : 'not synced'}\n`);
    move(from, to);
  };
}
