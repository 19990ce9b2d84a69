-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Drive. #id:ep001_car_A1X9
LIN: Until the lights are gone. #id:ep001_car_C3Z7
CHEN: Where to? #id:ep001_car_B2Y8
-> END
