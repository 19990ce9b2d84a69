-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Drive. #id:ep001_car_A1X9
CHEN: Where to? #id:ep001_car_B2Y8
* [Door 1. #id:ep001_car_C001 #canon]
    -> END
* [Door 2. #id:ep001_car_C002]
    -> END
* [Door 3. #id:ep001_car_C003]
    -> END
* [Door 4. #id:ep001_car_C004]
    -> END
* [Door 5. #id:ep001_car_C005]
    -> END
* [Door 6. #id:ep001_car_C006]
    -> END
* [Door 7. #id:ep001_car_C007]
    -> END
