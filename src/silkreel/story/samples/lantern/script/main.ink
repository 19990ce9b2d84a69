# title:灯灭之前 # lang:zh-Hans
VAR noticed = false
VAR page = false
VAR trust = 0
INCLUDE ep001.ink
INCLUDE ep002.ink
INCLUDE ep003.ink
-> ep001
