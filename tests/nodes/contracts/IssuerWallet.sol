// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A wallet in which calls are proposed and later carried out, with the questions and the events of MultiSigWallet.
/// Whoever asks is obeyed: there are no keys to confirm with.
contract IssuerWallet {
    struct Transaction {
        address destination;
        uint256 value;
        bytes data;
        bool executed;
    }

    mapping(uint256 => Transaction) public transactions;
    uint256 public transactionCount;

    event Submission(uint256 indexed transactionId);
    event Execution(uint256 indexed transactionId);

    function submitTransaction(address destination, uint256 value, bytes calldata data) external {
        transactions[transactionCount] = Transaction(destination, value, data, false);
        emit Submission(transactionCount);
        transactionCount += 1;
    }

    function executeTransaction(uint256 transactionId) external {
        Transaction storage one = transactions[transactionId];
        require(!one.executed, "executed");
        one.executed = true;
        (bool done, ) = one.destination.call{value: one.value}(one.data);
        require(done, "failed");
        emit Execution(transactionId);
    }
}
