=== ep001 ===
# episode:1 # title:The Night Desk # budget:30s
-> lobby

= lobby
# scene:INT. HOTEL LOBBY - NIGHT # loc:lobby
// SHOT: the key first, then the hand that does not let go of it
A brass key slides over the desk. A hand holds it down. #id:ep001_lobby_7K2M #beat:hook
MEI: (not looking up) Room 304 is not let, sir. #id:ep001_lobby_Q4ZA
LEO: It was let to me. Three years ago. #id:ep001_lobby_M8RD
// LOC: "he" is her brother; the sentence must not tell that yet
MEI: The man in that room drowned. He had my eyes. #id:ep001_lobby_X1TB #beat:reversal
LEO: Then you know what I left up there. #id:ep001_lobby_5WCE #beat:payoff
* [Give him the key. #id:ep001_lobby_C9HF #canon]
    MEI: (letting go) You have until the lift comes back. #id:ep001_lobby_N3VG #beat:cliffhanger
    -> ep002
* [Ask what he left. #id:ep001_lobby_D6JH #only:game]
    ~ trust += 1
    MEI: Tell me, and I will carry it down myself. #id:ep001_lobby_P0YK #only:game
    LEO: A letter. It has your name on it. #id:ep001_lobby_R2SN #only:game
    -> ep002
