-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: Look at https:/\/example.org. #id:ep001_car_A1X9
-> END
