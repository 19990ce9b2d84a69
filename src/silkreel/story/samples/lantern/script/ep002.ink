=== ep002 ===
# episode:2 # title:灯里有字 # budget:50s
-> shop

= shop
# scene:INT. 灯笼铺 - NIGHT # loc:workshop
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
LIN: 真的有字……三万大洋，已还清。 #id:ep002_shop_H0R4
GU: 接着念，灯要灭了。 #id:ep002_shop_J8T1
LIN: 债主……顾沉？ #id:ep002_shop_K5V7
LIN: 我家的债主，是你？ #id:ep002_shop_M1W8
GU: 没错。从头到尾，都是我。 #id:ep002_shop_N3X5 #beat:cliffhanger
-> ep003
