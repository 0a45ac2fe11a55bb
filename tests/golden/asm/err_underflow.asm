push.1
add
