'use strict';

// A bcoin full node on regtest that answers as Bitcoin Core does, for the tests. Everything set here is a difference
// that was seen; the tests of the fixtures in this folder fail when one of them is left out.

const networks = require('bcoin/lib/protocol/networks');
const rpcPrototype = require('bcoin/lib/node/rpc').prototype;
const mempoolPrototype = require('bcoin/lib/mempool/mempool').prototype;
const TX = require('bcoin/lib/primitives/tx');
const {RPCError} = require('bweb');

// Core's addresses and keys of regtest. Without seeds a node dials nobody, itself included.
networks.regtest.addressPrefix = {
  pubkeyhash: 0x6f,
  scripthash: 0xc4,
  witnesspubkeyhash: 0x03,
  witnessscripthash: 0x28,
  bech32: 'bcrt'
};
networks.regtest.keyPrefix = networks.testnet.keyPrefix;
networks.regtest.seeds = [];
networks.regtest.selfConnect = false;

function replace(prototype, name, make) {
  prototype[name] = make(prototype[name]);
}

// Core says -1 confirmations of a block that is not in the chain.
async function markStale(rpc, answer) {
  if (!answer || typeof answer !== 'object')
    return answer;
  const hash = Buffer.from(answer.hash, 'hex').reverse().toString('hex');
  const entry = await rpc.chain.getEntry(hash);
  if (!entry || !await rpc.chain.isMainChain(entry))
    answer.confirmations = -1;
  return answer;
}

// Core's verbosity 0, 1, 2 for bcoin's two flags.
replace(rpcPrototype, 'getBlock', old => async function getBlock(args, help) {
  const given = args.slice();
  if (typeof given[1] === 'number')
    given.splice(1, 1, given[1] > 0, given[1] > 1);
  return markStale(this, await old.call(this, given, help));
});

replace(rpcPrototype, 'getBlockHeader', old => async function getBlockHeader(args, help) {
  return markStale(this, await old.call(this, args, help));
});

// Core answers when the mempool has the transaction, and says why when it does not take it.
rpcPrototype.sendRawTransaction = async function sendRawTransaction(args) {
  let tx;
  try {
    tx = TX.fromRaw(Buffer.from(args[0], 'hex'));
  } catch (e) {
    throw new RPCError(-22, 'TX decode failed');
  }
  let orphaned;
  try {
    orphaned = await this.mempool.addTX(tx);
  } catch (e) {
    throw e.type === 'VerifyError' ? new RPCError(-26, e.reason) : e;
  }
  if (orphaned)
    throw new RPCError(-25, 'bad-txns-inputs-missingorspent');
  this.node.pool.announceTX(tx);
  return tx.txid();
};

// ElectrumX wants a number as version, and both indices. The index of spenders is a pretence: nothing here asks it.
replace(rpcPrototype, 'getNetworkInfo', old => async function getNetworkInfo(args, help) {
  return Object.assign(await old.call(this, args, help), {version: 310000});
});

replace(rpcPrototype, 'init', old => function init() {
  old.call(this);
  this.add('getindexinfo', async () => {
    const index = {synced: true, best_block_height: this.chain.height};
    return {txindex: index, txospenderindex: index};
  });
});

// A re-organisation must give a block's transactions back also to an empty mempool.
replace(mempoolPrototype, '_removeBlock', old => async function _removeBlock(block, txs) {
  if (this.map.size !== 0) {
    await old.call(this, block, txs);
    return;
  }
  for (const tx of txs.slice(1)) {
    try {
      await this.insertTX(tx, -1);
    } catch (e) {
      this.emit('error', e);
    }
  }
  this.rejects.reset();
  this.cache.sync(block.prevBlock);
  await this.cache.flush();
  this.tip = block.prevBlock;
});

require('bcoin/bin/node');
