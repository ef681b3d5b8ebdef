// Preloaded by Node.js: resolves aws-cdk-lib and constructs from the folder in PEERS.
const Module = require('node:module');
const { join } = require('node:path');

const resolveFilename = Module._resolveFilename;
const from = {
  id: 'peers',
  filename: join(process.env.PEERS, 'x.js'),
  paths: [join(process.env.PEERS, 'node_modules')],
};

Module._resolveFilename = function resolve(request, parent, ...rest) {
  const isPeer = /^(aws-cdk-lib|constructs)(\/|$)/.test(request);
  return resolveFilename.call(this, request, isPeer ? from : parent, ...rest);
};
