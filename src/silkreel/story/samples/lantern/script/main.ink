# title:灯灭之前 # lang:zh-Hans
INCLUDE ep001.ink
INCLUDE ep002.ink
INCLUDE ep003.ink
-> ep001
