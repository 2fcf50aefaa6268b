"""What is known of each address and txid of a list: read exactly as they stand, or named as unread with the reason."""
