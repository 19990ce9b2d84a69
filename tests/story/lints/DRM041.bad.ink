-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Left or right? #id:ep001_car_A1X9
* [Left. #id:ep001_car_C001 #canon #window:90]
    LIN: Left, then. #id:ep001_car_D4D4
    -> END
* [Right. #id:ep001_car_C002 #only:game]
    LIN: Right. Hold on. #id:ep001_car_E5E5 #only:game
    -> END
