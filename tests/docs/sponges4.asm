# Every opcode and every tape, 4 sponges.
.sponges 4
.stack 11
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
push.3
sadd
write2
read
read
add
