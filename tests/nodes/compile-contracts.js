'use strict';
// Compiles contracts/*.sol with the compiler of node_modules and prints what the tests deploy, as JSON:
// node compile-contracts.js > contracts/compiled.json
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const solc = require('solc');

const here = path.join(__dirname, 'contracts');
const sources = {};
for (const name of fs.readdirSync(here).sort()) {
  if (name.endsWith('.sol')) sources[name] = { content: fs.readFileSync(path.join(here, name), 'utf8') };
}
const input = {
  language: 'Solidity',
  sources,
  settings: {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 200 },
    metadata: { appendCBOR: false, bytecodeHash: 'none' },
    outputSelection: { '*': { '*': ['evm.bytecode.object', 'evm.methodIdentifiers'] } },
  },
};
const read = (name) => ({ contents: fs.readFileSync(path.join(__dirname, 'node_modules', name), 'utf8') });
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read }));
const errors = (output.errors || []).filter((error) => error.severity === 'error');
if (errors.length) {
  process.stderr.write(errors.map((error) => error.formattedMessage).join('\n'));
  process.exit(1);
}
const made = {};
for (const file of Object.keys(sources)) {
  for (const [name, contract] of Object.entries(output.contracts[file])) {
    made[name] = { bytecode: contract.evm.bytecode.object, selectors: contract.evm.methodIdentifiers };
  }
}
const digests = {};
for (const [name, source] of Object.entries(sources)) {
  digests[name] = crypto.createHash('sha256').update(source.content).digest('hex');
}
process.stdout.write(JSON.stringify({ solc: solc.version(), sha256: digests, contracts: made }, null, 1) + '\n');
