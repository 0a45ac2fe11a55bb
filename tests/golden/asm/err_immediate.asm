add.3
