-> ep001
=== ep001 ===
# episode:1 # budget:3s
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Drive. #id:ep001_car_A1X9
They drive. #id:ep001_car_C3Z7
CHEN: Hm. #id:ep001_car_D4W6
-> END
