// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// The near side of a bridge that locks here and mints there: what is locked is told with a key of its own.
contract Lockbox {
    using SafeERC20 for IERC20;

    uint256 public locks;

    event Locked(bytes32 indexed id, address indexed from, address token, uint256 amount, uint256 toChain, address to);

    function lock(IERC20 token, uint256 amount, uint256 toChain, address to) external {
        token.safeTransferFrom(msg.sender, address(this), amount);
        bytes32 id = keccak256(abi.encode(block.chainid, address(this), locks));
        locks += 1;
        emit Locked(id, msg.sender, address(token), amount, toChain, to);
    }
}

/// The far side: a token of 18 decimals that is minted for what was locked. Whoever asks is obeyed, also twice with one
/// key; but nothing is minted for nobody.
contract Mintbox is ERC20 {
    event Minted(bytes32 indexed id, uint256 fromChain, address indexed to, uint256 amount);

    constructor() ERC20("Coin from afar", "COIN.x") {}

    function deliver(bytes32 id, uint256 fromChain, address to, uint256 amount) external {
        _mint(to, amount);
        emit Minted(id, fromChain, to, amount);
    }
}
