// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Four tokens with the powers of four issuers: each names its question and its events as the issuer's contract does.
/// Whoever asks is obeyed, and there is no constructor: the code may be put at any address.
abstract contract Issued {
    mapping(address => uint256) public balanceOf;
    mapping(address => bool) internal listed;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }

    function transfer(address to, uint256 value) external {
        require(!listed[msg.sender], "listed");
        balanceOf[msg.sender] -= value;
        balanceOf[to] += value;
        emit Transfer(msg.sender, to, value);
    }

    function take(address from) internal returns (uint256 funds) {
        require(listed[from], "not listed");
        funds = balanceOf[from];
        balanceOf[from] = 0;
    }
}

/// As TetherToken: nothing is indexed, and what is destroyed is not logged as a Transfer.
contract IssuedUsdt is Issued {
    address public owner;

    event AddedBlackList(address _user);
    event RemovedBlackList(address _user);
    event DestroyedBlackFunds(address _blackListedUser, uint256 _balance);

    function transferOwnership(address newOwner) external {
        owner = newOwner;
    }

    function isBlackListed(address user) external view returns (bool) {
        return listed[user];
    }

    function addBlackList(address user) external {
        listed[user] = true;
        emit AddedBlackList(user);
    }

    function removeBlackList(address user) external {
        listed[user] = false;
        emit RemovedBlackList(user);
    }

    function destroyBlackFunds(address user) external {
        emit DestroyedBlackFunds(user, take(user));
    }
}

/// As the later contracts of Tether.
contract IssuedBlockedList is Issued {
    event BlockPlaced(address indexed _user);
    event BlockReleased(address indexed _user);
    event DestroyedBlockedFunds(address indexed _blockedUser, uint256 _balance);

    function isBlocked(address user) external view returns (bool) {
        return listed[user];
    }

    function addToBlockedList(address user) external {
        listed[user] = true;
        emit BlockPlaced(user);
    }

    function removeFromBlockedList(address user) external {
        listed[user] = false;
        emit BlockReleased(user);
    }

    function destroyBlockedFunds(address user) external {
        emit DestroyedBlockedFunds(user, take(user));
    }
}

/// As FiatToken.
contract IssuedUsdc is Issued {
    event Blacklisted(address indexed _account);
    event UnBlacklisted(address indexed _account);

    function isBlacklisted(address account) external view returns (bool) {
        return listed[account];
    }

    function blacklist(address account) external {
        listed[account] = true;
        emit Blacklisted(account);
    }

    function unBlacklist(address account) external {
        listed[account] = false;
        emit UnBlacklisted(account);
    }
}

/// As PaxosTokenV2, with the first version's event for a block.
contract IssuedPaxos is Issued {
    event AddressFrozen(address indexed addr);
    event UnfreezeAddress(address indexed addr);
    event FrozenAddressWiped(address indexed addr);

    function isFrozen(address addr) external view returns (bool) {
        return listed[addr];
    }

    function freeze(address addr) external {
        listed[addr] = true;
        emit AddressFrozen(addr);
    }

    function unfreeze(address addr) external {
        listed[addr] = false;
        emit UnfreezeAddress(addr);
    }

    function wipeFrozenAddress(address addr) external {
        emit Transfer(addr, address(0), take(addr));
        emit FrozenAddressWiped(addr);
    }
}
