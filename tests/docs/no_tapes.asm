# No tape at all.
.sponges 1
.stack 6
push.3
push.3
mul
