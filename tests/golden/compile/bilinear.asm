no asm: there is no `asm` to emit: the compilation stopped before it
