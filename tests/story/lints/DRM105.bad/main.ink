-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
They drive. #id:ep001_car_A000
LIN: Stop. #id:ep001_car_A1X9
-> ep002
=== ep002 ===
# episode:2
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
CHEN: Why? #id:ep002_car_B2Y8
They drive on. #id:ep002_car_A000
-> END
