=== ep002 ===
# episode:2 # title:Room 304 # budget:30s
-> room

= room
# scene:INT. ROOM 304 - NIGHT # loc:room
The lamp is on. Nobody has been here for three years. #id:ep002_room_4GXP #beat:hook
{ trust > 0:
    LEO: You kept it as it was. For me? #id:ep002_room_B7ZQ #only:game
- else:
    LEO: Somebody kept it as it was. #id:ep002_room_T5MR
}
MEI (O.S.): I kept it for him. #id:ep002_room_H1DS #beat:reversal
LEO: He is alive, Mei. That is what the letter says. #id:ep002_room_W8FT #beat:cliffhanger
-> END
