=== ep002 ===
# episode:2 # title:灯里有字 # budget:50s
-> shop

= shop
# scene:INT. 灯笼铺 - NIGHT # loc:workshop
灯笼铺里，炉火只剩一点红。 #id:ep002_shop_K83N #only:game
LIN: 这一巴掌，我攒了三年！ #id:ep002_shop_A4S1 #beat:hook
GU: 打得好。可我不是为你回来的。 #id:ep002_shop_B6Y8 #beat:reversal
LIN: 那你为了什么？ #id:ep002_shop_C1D7
GU: 为了这盏灯。 #id:ep002_shop_D5G2
-> secret

= secret
# scene:INT. 灯笼铺 - LATER # loc:workshop
QIN: 少爷，这灯动不得！ #id:ep002_shop_E9J6
LIN: 老秦，你在怕什么？ #id:ep002_shop_F2M3
GU: 你爹把字据，藏在灯罩里。 #id:ep002_shop_G7P9
* [举起灯，对着火看。 #id:ep002_secret_SZEH #canon]
* [不看。先让灯撑到子时。 #id:ep002_secret_0VXK #only:game]
    -> vigil
-
LIN: 真的有字……三万大洋，已还清。 #id:ep002_shop_H0R4
GU: 接着念，灯要灭了。 #id:ep002_shop_J8T1
LIN: 债主……顾沉？ #id:ep002_shop_K5V7
LIN: 我家的债主，是你？ #id:ep002_shop_M1W8
GU: 没错。从头到尾，都是我。 #id:ep002_shop_N3X5 #beat:cliffhanger
* [听他把话说完。 #id:ep002_secret_BCYW #canon]
    -> ep003
* [打开门，请他走。 #id:ep002_secret_AT28 #only:game]
    -> door

= rain
# scene:EXT. 灯笼街 - LATER # loc:street # only:game
周太太的人退到街口。雨里只剩下两个人，和一盏灯。 #id:ep002_rain_G7VF
LIN: 三年。一封信都没有。 #id:ep002_rain_NAJG
GU: 写了。每月一封，都没寄出去。 #id:ep002_rain_NSBV
LIN: 为什么？ #id:ep002_rain_KD1S
GU: 死人寄信，收信的人就活不成了。 #id:ep002_rain_E2Z4
说话的时候，他的伞一直遮着灯，没有遮他自己。 #id:ep002_rain_E63N
~ trust += 1
GU: 进去吧。灯里有你爹留下的话。 #id:ep002_rain_1SXF
-> secret

= vigil
# scene:INT. 灯笼铺 - MIDNIGHT # loc:workshop # only:game
她剪了剪灯芯，坐下来，把灯抱在怀里。 #id:ep002_vigil_CZCF
GU: 你不想知道，他到底欠了谁？ #id:ep002_vigil_SNGK
LIN: 我想知道的，是天亮以后我还有没有家。 #id:ep002_vigil_H1MN
{ trust > 0:
    顾沉收了伞，坐到她身边。两个人轮着添油，谁也没提三年前。 #id:ep002_vigil_PDMX
- else:
    顾沉站在门口，站了一夜。 #id:ep002_vigil_9QR2
}
鸡叫的时候，灯还亮着。铺子还是林家的。灯罩里的字，再也没有人读过。 #id:ep002_vigil_6T5M
结局 · 守灯人 #id:ep002_vigil_87NC
-> END

= door
# scene:INT. 灯笼铺 - MOMENTS LATER # loc:workshop # only:game
LIN: 顾先生，灯看完了，请回吧。 #id:ep002_door_MTM5
GU: 晚晚，别去桥上。 #id:ep002_door_F1CJ
他没有回头。巷口有人等他，手里也提着一盏灯。 #id:ep002_door_35HD
{ trust > 0:
    第二天早上，门槛上躺着三十六封信。每一封都写着她的名字。 #id:ep002_door_V77R
- else:
    第二年开春，江水送回来一件旧大衣，是他的。 #id:ep002_door_VDJ1
}
结局 · 没寄出的信 #id:ep002_door_JT8B
-> END
