-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Drive.
CHEN: No. #id:ep001_car_A1X9
LIN: Now. #id:ep001_car_A1X9
-> END
