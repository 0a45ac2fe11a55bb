# Every opcode, on the full stack.
.sponges 1
.stack 16
.delta 5
push.3
read
mul
write
read2
read
smul
read2
add2
noop
push.-11
sadd
write2
read
read
add
