=== ep001 ===
# episode:1 # title:死人敲门 # budget:50s
-> street

= street
# scene:EXT. 灯笼街 - NIGHT # loc:street
子时将近，雨打灯笼街。满街的灯都熄了，只剩林家铺前那一盏。 #id:ep001_street_ZAB5 #only:game
ZHOU: 这盏灯一灭，铺子就归我。 #id:ep001_street_A1X9 #beat:hook
LIN: 还没到子时，急什么？ #id:ep001_street_B7K2
ZHOU: 你爹欠我三万大洋，拿什么还？ #id:ep001_street_C3Q8
LIN: 爹说过，这笔债早就清了。 #id:ep001_street_D9F5
ZHOU: 字据呢？拿出来。 #id:ep001_street_E2H6
QIN: 小姐，账本三年前就烧了。 #id:ep001_street_F5J1
* [沉住气，等她亮底牌。 #id:ep001_street_RRB1 #canon]
* [回头盯住老秦。 #id:ep001_street_46VH #only:game]
    ~ noticed = true
    LIN: 老秦，那晚是谁守的账房？ #id:ep001_street_73JN #only:game
    QIN: ……是我。 #id:ep001_street_XM23 #only:game
    他把手往袖子里缩。那袖口上，有一块洗不掉的灯油。 #id:ep001_street_H3YF #only:game
-
ZHOU: 来人，摘招牌！ #id:ep001_street_G8N4
-> stranger

= stranger
# scene:EXT. 灯笼街 - CONTINUOUS # loc:street
一道闪电。雨帘后头，站着一个打伞的人。 #id:ep001_stranger_CY7M #only:game
GU: 慢着。三万大洋，我替她还。 #id:ep001_street_K6R0
GU: 三年不见，周太太不认得我了？ #id:ep001_street_M4T7 #beat:reversal
LIN: 顾沉？你不是死了吗？ #id:ep001_street_P0W6
ZHOU: 不可能！我亲眼看着船沉的！ #id:ep001_street_T1Z9
GU: 亲眼？原来那晚，您也在。 #id:ep001_street_V8C3 #beat:cliffhanger
* [走上前，给他一巴掌。 #id:ep001_stranger_TSQT #canon]
    -> ep002
* [先问他，这三年他在哪儿。 #id:ep001_stranger_S3GK #only:game]
    -> ep002.rain
