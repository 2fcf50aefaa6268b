// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// Pays on what it is paid, in shares. A receiver that refuses is passed over: its share stays here until it is swept.
contract Splitter {
    using SafeERC20 for IERC20;

    event Refused(address to, uint256 value);

    receive() external payable {}

    function split(address payable[] calldata to, uint256[] calldata shares) external payable {
        for (uint256 i = 0; i < to.length; i++) {
            (bool taken,) = to[i].call{value: shares[i]}("");
            if (!taken) {
                emit Refused(to[i], shares[i]);
            }
        }
    }

    function splitToken(IERC20 token, address[] calldata to, uint256[] calldata shares) external {
        for (uint256 i = 0; i < to.length; i++) {
            token.safeTransferFrom(msg.sender, to[i], shares[i]);
        }
    }

    function sweep(address payable to) external {
        (bool taken,) = to.call{value: address(this).balance}("");
        require(taken, "refused");
    }
}

/// Sends a part of what it is paid on, and then refuses the whole: nothing of either has happened.
contract Refuser {
    receive() external payable {
        (bool taken,) = tx.origin.call{value: msg.value / 2}("");
        require(!taken, "refused");
    }
}

/// Is made with value and destroys itself on demand; all that it has goes where it is told.
contract Vault {
    constructor() payable {}

    receive() external payable {}

    function close(address payable to) external {
        selfdestruct(to);
    }
}

/// Destroys itself while it is made. With no address to pay to, what it was made with is destroyed too.
contract Brief {
    constructor(address payable to) payable {
        selfdestruct(to == address(0) ? payable(address(this)) : to);
    }
}
