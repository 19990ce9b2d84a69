-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Drive. #id:ep001_car_A1X9 #beat:hook
CHEN: Where to? #id:ep001_car_B2Y8
-> ep002
=== ep002 ===
# episode:2
-> road
= road
# scene:EXT. ROAD - NIGHT # loc:car
LIN: Stop here. #id:ep002_road_A1X9 #beat:hook
CHEN: The child is mine. #id:ep002_road_B2Y8 #beat:cliffhanger
-> END
