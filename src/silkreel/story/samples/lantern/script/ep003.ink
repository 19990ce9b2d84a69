=== ep003 ===
# episode:3 # title:雪桥对质 # budget:50s
-> bridge

= bridge
# scene:EXT. 石桥 - NIGHT # loc:bridge
LIN: 所以，逼我爹上船的是你？ #id:ep003_bridge_A8K3 #beat:hook
GU: 我上船，是为了救他。 #id:ep003_bridge_B2M9
LIN: 那船是谁凿沉的？ #id:ep003_bridge_C7P4
QIN: 是周太太。我拿了她五百大洋。 #id:ep003_bridge_D1S6
-> ambush

= ambush
# scene:EXT. 石桥 - CONTINUOUS # loc:bridge
ZHOU: 老秦，你活腻了？ #id:ep003_bridge_E5T0
ZHOU: 把灯给我，放你们走。 #id:ep003_bridge_F9V2
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
-> END
