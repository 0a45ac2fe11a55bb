autocmd BufRead,BufNewFile *.eml setfiletype eml
