.stack 17
