nop
