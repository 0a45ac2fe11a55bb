" Vim syntax for eml models. Copy the folders of editor/vim into ~/.vim.
if exists("b:current_syntax")
    finish
endif

syntax keyword emlDeclaration model input param let derive output result test
syntax keyword emlKeyword in within as and or not if then else
syntax keyword emlModifier public secret committed hidden uniform onehot integer step frac exact single row
syntax keyword emlFunction csv dot sum
syntax match emlNumber "\v<\d+(\.\d*)?([eE][+-]?\d+)?>"
syntax match emlNumber "\v\.\d+([eE][+-]?\d+)?>"
syntax match emlOperator "[-+*/@=]"
syntax match emlEscape contained "\\[\"\\nt]"
syntax region emlString start=+"+ skip=+\\.+ end=+"+ oneline contains=emlEscape
syntax match emlComment "#.*$" contains=@Spell

highlight default link emlDeclaration Statement
highlight default link emlKeyword Keyword
highlight default link emlModifier StorageClass
highlight default link emlFunction Function
highlight default link emlNumber Number
highlight default link emlOperator Operator
highlight default link emlEscape SpecialChar
highlight default link emlString String
highlight default link emlComment Comment

let b:current_syntax = "eml"
