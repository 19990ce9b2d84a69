=== ep003 ===
# episode:3 # title:雪桥对质 # budget:50s
-> bridge

= bridge
# scene:EXT. 石桥 - NIGHT # loc:bridge
雨成了雪。石桥上，三个人呼出的白气散在江风里。 #id:ep003_bridge_HAW9 #only:game
LIN: 所以，逼我爹上船的是你？ #id:ep003_bridge_A8K3 #beat:hook
GU: 我上船，是为了救他。 #id:ep003_bridge_B2M9
LIN: 那船是谁凿沉的？ #id:ep003_bridge_C7P4
QIN: 是周太太。我拿了她五百大洋。 #id:ep003_bridge_D1S6
* [扶老秦起来。 #id:ep003_bridge_GPEZ #canon]
* { noticed } [你袖口上的灯油，是那场火的。 #id:ep003_bridge_GQKF #only:game]
    QIN: 火是我点的。可有一页账，我没舍得烧。 #id:ep003_bridge_MSSK #only:game
    老秦从棉袄里摸出一张焦了边的纸，双手递过来。 #id:ep003_bridge_F2GF #only:game
    ~ page = true
-
-> ambush

= ambush
# scene:EXT. 石桥 - CONTINUOUS # loc:bridge
ZHOU: 老秦，你活腻了？ #id:ep003_bridge_E5T0
ZHOU: 把灯给我，放你们走。 #id:ep003_bridge_F9V2
* [把灯扔过去。 #id:ep003_ambush_R5BE #canon]
* [把灯递给她。 #id:ep003_ambush_7A9T #only:game]
    -> handover
-
LIN: 要灯？接好了！ #id:ep003_bridge_G3W8
ZHOU: 你疯了！那是唯一的证据！ #id:ep003_bridge_H6X1
LIN: 烧的是假的，真的早送巡捕房了。 #id:ep003_bridge_J4R7 #beat:reversal
ZHOU: 你敢算计我？ #id:ep003_bridge_K0Y5
LIN: 跟您学的。 #id:ep003_bridge_M8B4
-> dawn

= dawn
# scene:EXT. 石桥 - DAWN # loc:bridge
GU: 晚晚，都结束了。 #id:ep003_bridge_N5D7
QIN: 小姐，还没完。老爷……还活着。 #id:ep003_bridge_Q6Z2 #beat:cliffhanger
江面上，有人提着灯，朝岸上晃了三下。 #id:ep003_dawn_W5B2 #only:game
结局 · 江上的灯 #id:ep003_dawn_36XJ #only:game
-> END

= handover
# scene:EXT. 石桥 - MOMENTS LATER # loc:bridge # only:game
周太太接过灯，看也不看，吹灭了，丢进江里。 #id:ep003_handover_5S6C
ZHOU: 灯灭了。铺子是我的了。 #id:ep003_handover_DWQA
{ page: -> ledger | -> empty }

= ledger
# scene:EXT. 石桥 - MOMENTS LATER # loc:bridge # only:game
LIN: 灯是您的。账，是巡捕房的。 #id:ep003_ledger_701Z
桥头亮起一排手电。那张焦了边的纸上，白纸黑字，是她的名字和五百大洋。 #id:ep003_ledger_Z8WN
QIN: 小姐，我跟他们走。该我还的，我还。 #id:ep003_ledger_K23E
铺子保住了。只是门前的灯钩，空了整整一个冬天。 #id:ep003_ledger_WA2R
结局 · 一页账 #id:ep003_ledger_V8TG
-> END

= empty
# scene:EXT. 灯笼街 - DAWN # loc:street # only:game
天亮时，新招牌已经挂上去了。 #id:ep003_empty_EST3
GU: 跟我走吧。 #id:ep003_empty_R75P
LIN: 我再做一盏。灯灭了，可以再点。 #id:ep003_empty_7R9S
{ trust > 0:
    顾沉放下行李，坐下来替她削竹篾。 #id:ep003_empty_QANP
}
结局 · 空铺子 #id:ep003_empty_ZJZJ
-> END
