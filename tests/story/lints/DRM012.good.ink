-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
Lin gets in. #id:ep001_car_A1X9
LIN: (whispering) Do not turn around. #id:ep001_car_B2Y8
-> END
