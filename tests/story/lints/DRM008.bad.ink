-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Drive. #id:ep001_car_A1X9
CHEN: Where to? #id:ep001_car_B2Y8
* [Stay. #id:ep001_car_C001 #canon]
    CHEN: So. #id:ep001_car_D001
    -> END
* [Run. #id:ep001_car_C002]
    CHEN: Wait! #id:ep001_car_D002
