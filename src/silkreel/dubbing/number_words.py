"""The number words of English, Spanish and Portuguese: tables for `numbers_latin`."""

import re
from fractions import Fraction

from silkreel.dubbing.numbers_latin import NumberWords


def _count(words: str, start: int = 0, step: int = 1) -> dict[str, int]:
    return {
        form: start + place * step
        for place, forms in enumerate(words.split())
        for form in forms.split("/")
    }


def _same(words: str, value: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), value)


_ENGLISH_DIGITS = "two|three|four|five|six|seven|eight|nine|ten"
_TWO = frozenset({Fraction(2)})

ENGLISH = NumberWords(
    small=_count(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen"
    )
    | _count("twenty/twenties thirty/thirties forty/forties fifty/fifties sixty/sixties"
             " seventy/seventies eighty/eighties ninety/nineties", 20, 10),
    scales={"thousand": 1000, "grand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12,
            "thousandth": 1000},
    multiplies=frozenset({"hundred"}),
    ordinals=_count("first second third/thirds fourth/fourths fifth/fifths sixth seventh eighth ninth tenth eleventh twelfth"
                    " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
                    " twentieth", 1)
    | _count("thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth", 30, 10),
    joins=frozenset({"and"}),
    articles=frozenset({"a", "an"}),
    units=_same("second seconds", "second") | _same("minute minutes", "minute")
    | _same("hour hours", "hour") | _same("day days", "day") | _same("week weeks", "week")
    | _same("month months", "month") | _same("year years", "year")
    | _same("yuan rmb renminbi kuai", "yuan") | _same("dollar dollars usd", "dollar")
    | _same("euro euros", "euro") | _same("pound pounds", "pound") | _same("yen", "yen")
    | _same("times", "times") | _same("percent", "percent") | _same("pesos peso", "peso")
    | _same("reais", "real"),
    months=_count("january february march april may june july august september october november"
                  " december", 1),
    weekdays=_count("monday/mondays tuesday/tuesdays wednesday/wednesdays thursday/thursdays"
                    " friday/fridays saturday/saturdays sunday/sundays", 1),
    halves=frozenset({"half"}),
    and_half=re.compile(r"\s+and a half\b", re.IGNORECASE),
    void=re.compile(
        r"\b(?:no[ -]one|every ?one|any ?one|some ?one|one another|24/7|nine[ -]to[ -]five|sixth sense"
        r"|cloud nine|seventh heaven|second(?: thoughts?|[ -]hand|[ -]rate|[ -]best)|at first|first of all"
        r"|in the first place|first name|wait a second|just a second|one second|a second(?! (?:time|chance|wife|husband|child))|split second"
        r"|hundred[ -]percent|thanks a million|a thousand times|one[ -]on[ -]one|one by one|one day"
        r"|once|square one|for one|million(?:aire)s?|billionaires?|fifty[ -]fifty|high[ -]five|catch[ -]22|on all fours"
        r"|(?:call|dial|called) (?:911|999|112)|two[ -](?:faced|timing|timed)|two[ -]cents|second nature|minute(?= details)|ninety[ -]nine percent sure)\b",
        re.IGNORECASE,
    ),
    loose=re.compile(
        r"\b(?:(?:the|you|us|we|them|those|these|of|for|my|our|your) two\b(?! (?:hundred|thousand|million|billion|days?|weeks?|months?|years?|hours?))"
        r"|two of (?:you|us|them)|two people|two (?:or|to) three|three (?:or|to) (?:five|four)|one hundred percent"
        rf"|third (?:wheel|party|parties|degree|person)|eleventh hour|(?:{_ENGLISH_DIGITS})[ -]"
        r"(?:legged|way|pack|figure|faced|bit|eyed)\b"
        r"|(?:a|one) (?:hundred|thousand|million) (?:times|ways|apologies|thanks|reasons)|one in a million|ten out of ten)\b",
        re.IGNORECASE,
    ),
    loose_words={"couple": _TWO, "pair": _TWO, "both": _TWO, "twice": _TWO, "double": _TWO,
                 "dozen": frozenset({Fraction(12)}), "triple": frozenset({Fraction(3)}),
                 "twin": _TWO, "twins": _TWO, "quarter": frozenset({Fraction(1, 4), Fraction(15), Fraction(45)}),
                 "quarters": frozenset({Fraction(3, 4)})},
)  # fmt: skip

SPANISH = NumberWords(
    small=_count("cero uno/un/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce"
                 " quince dieciséis/dieciseis diecisiete dieciocho diecinueve veinte"
                 " veintiuno/veintiún/veintiuna veintidós veintitrés veinticuatro veinticinco"
                 " veintiséis veintisiete veintiocho veintinueve")
    | _count("veintitantos/veintitantas treinta/treintaitantos cuarenta/cuarentaitantos cincuenta sesenta"
             " setenta ochenta noventa", 20, 10)
    | _count("cien/ciento doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas"
             " quinientos/quinientas seiscientos/seiscientas setecientos/setecientas"
             " ochocientos/ochocientas novecientos/novecientas", 100, 100),
    scales={"mil": 1000, "millón": 10**6, "millones": 10**6, "billón": 10**12, "billones": 10**12},
    ordinals=_count("primero/primera/primer/primeros/primeras segundo/segunda tercero/tercera/tercer"
                    " cuarta quinto/quinta sexto/sexta séptimo/séptima octavo/octava noveno/novena"
                    " décimo/décima", 1) | {"quinto": 5, "quinta": 5, "sexto": 6, "sexta": 6,
                    "séptimo": 7, "séptima": 7, "octavo": 8, "octava": 8, "noveno": 9, "novena": 9,
                    "décimo": 10, "décima": 10, "tercio": 3, "cuarta": 4},
    joins=frozenset({"y"}),
    articles=frozenset({"un", "una"}),
    units=_same("segundo segundos", "second") | _same("minuto minutos", "minute")
    | _same("hora horas", "hour") | _same("día días", "day") | _same("semana semanas", "week")
    | _same("mes meses", "month") | _same("año años añitos", "year")
    | _same("yuan yuanes rmb renminbi", "yuan") | _same("dólar dólares", "dollar")
    | _same("euro euros", "euro") | _same("libra libras", "pound") | _same("yen yenes", "yen")
    | _same("veces", "times") | _same("ciento", "percent") | _same("peso pesos", "peso")
    | _same("real reales", "real"),
    months=_count("enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre"
                  " noviembre diciembre", 1),
    weekdays=_count("lunes martes miércoles jueves viernes sábado/sábados domingo/domingos", 1),
    halves=frozenset({"medio", "media"}),
    and_half=re.compile(r"\s+y medi[oa]\b", re.IGNORECASE),
    void=re.compile(
        r"\b(?:mil (?:gracias|veces|disculpas|perdones|maneras|cosas)|un segundo|cien por cien(?:to)?"
        r"|(?:llam\w+|marc\w+) al? (?:911|112|091)|millonari[oa]s?"
        r"|multimillonari[oa]s?|de una vez|a la una de|una vez|otra vez|media vuelta|medias"
        r"|medio (?:muert|loc|dormid|ambiente)\w*|por medio|en medio|segund[oa] plano"
        r"|cuarto (?:de|del|está)|(?:mi|tu|su|el|este|al|ese|un) cuarto(?! (?:piso|lugar|día|año|mes|episodio|capítulo|hijo|intento))|uno? a otro|unos? a otros?)\b",
        re.IGNORECASE,
    ),
    loose=re.compile(
        r"\b(?:(?:los|las|nosotros|ustedes|vosotros|ellos|ellas|entre) dos\b(?! (?:cientos|mil|millones|días|horas|semanas|meses|años))"
        r"|dos personas|dos o tres|tres o cuatro|tercer[ao]? (?:rueda|persona|grado|parte|mundo)|terceros|un dos por tres"
        r"|cuatro (?:ojos|patas|vientos|paredes)|(?:dos|tres|cuatro|cinco|seis|siete) vidas"
        r"|mil (?:maravillas|demonios|amores|pedazos)|cien (?:veces|maneras))\b",
        re.IGNORECASE,
    ),
    loose_words={"ambos": _TWO, "ambas": _TWO, "par": _TWO, "pareja": _TWO, "doble": _TWO,
                 "gemelos": _TWO, "gemelas": _TWO, "docena": frozenset({Fraction(12)}),
                 "cuarto": frozenset({Fraction(4), Fraction(1, 4), Fraction(15)}),
                 "mitad": frozenset({Fraction(1, 2), Fraction(50)}),
                 "triple": frozenset({Fraction(3)}), "veinteañero": frozenset({Fraction(20)})},
    decimal_comma=True,
)  # fmt: skip

PORTUGUESE = NumberWords(
    small=_count("zero um/uma dois/duas três quatro cinco seis sete oito nove dez onze doze treze"
                 " catorze/quatorze quinze dezesseis/dezasseis dezessete/dezassete dezoito"
                 " dezenove/dezanove")
    | _count("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", 20, 10)
    | _count("cem/cento duzentos/duzentas trezentos/trezentas quatrocentos/quatrocentas"
             " quinhentos/quinhentas seiscentos/seiscentas setecentos/setecentas"
             " oitocentos/oitocentas novecentos/novecentas", 100, 100),
    scales={"mil": 1000, "milhão": 10**6, "milhões": 10**6, "bilhão": 10**9, "bilhões": 10**9,
            "trilhão": 10**12, "trilhões": 10**12},
    ordinals={"primeiro": 1, "primeira": 1, "primeiros": 1, "primeiras": 1, "segundo": 2,
              "segunda": 2, "terceiro": 3, "terceira": 3, "terço": 3, "quarta": 4,
              "quinto": 5, "quinta": 5, "sexto": 6, "sexta": 6, "sétimo": 7, "sétima": 7,
              "oitavo": 8, "oitava": 8, "nono": 9, "nona": 9, "décimo": 10, "décima": 10},
    joins=frozenset({"e"}),
    articles=frozenset({"um", "uma"}),
    units=_same("segundo segundos", "second") | _same("minuto minutos", "minute")
    | _same("hora horas", "hour") | _same("dia dias", "day") | _same("semana semanas", "week")
    | _same("mês meses", "month") | _same("ano anos aninhos", "year")
    | _same("yuan yuans iuanes rmb renminbi", "yuan") | _same("dólar dólares", "dollar")
    | _same("euro euros", "euro") | _same("libra libras", "pound") | _same("iene ienes", "yen")
    | _same("vezes", "times") | _same("cento", "percent") | _same("peso pesos", "peso")
    | _same("real reais", "real"),
    months=_count("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro"
                  " dezembro", 1),
    weekdays={"segunda-feira": 1, "terça-feira": 2, "quarta-feira": 3, "quinta-feira": 4,
              "sexta-feira": 5, "sábado": 6, "domingo": 7, "terça": 2},
    halves=frozenset({"meio", "meia"}),
    and_half=re.compile(r"\s+e mei[oa]\b", re.IGNORECASE),
    void=re.compile(
        r"\b(?:mil (?:desculpas|vezes|perdões|maneiras|coisas)|um segundo|cem por cento"
        r"|(?:lig\w+|cham\w+) (?:para )?o? ?(?:190|192|911)|milion[aá]ri[oa]s?"
        r"|bilion[aá]ri[oa]s?|de uma vez|uma vez|outra vez|meia[- ]volta|meias|meio ambiente"
        r"|por meio|no meio|meio (?:mort|louc|perdid|sem|que)\w*|segund[oa] plano|quarto (?:de|do|da|está)"
        r"|(?:meu|teu|seu|o|no|ao|do|este|esse|um) quarto(?! (?:andar|lugar|dia|ano|mês|episódio|capítulo|filho|piso))|um(?:a)? (?:ao|a) outr[oa]|a sós)\b",
        re.IGNORECASE,
    ),
    loose=re.compile(
        r"\b(?:(?:os|as|nós|vocês|eles|elas|entre) (?:dois|duas)\b(?! (?:mil|milhões|dias|horas|semanas|meses|anos))"
        r"|duas pessoas|dois ou três|duas ou três|três ou quatro|terceir[ao] (?:roda|pessoa|grau|mundo)|terceiros"
        r"|quatro (?:olhos|patas|ventos|cantos|paredes)|(?:duas|três|quatro|cinco|seis|sete) vidas"
        r"|mil (?:maravilhas|demônios|amores|pedaços)|cem (?:vezes|maneiras))\b",
        re.IGNORECASE,
    ),
    loose_words={"quarto": frozenset({Fraction(4), Fraction(1, 4), Fraction(15)}), "ambos": _TWO, "ambas": _TWO, "par": _TWO, "casal": _TWO, "dobro": _TWO,
                 "gêmeos": _TWO, "gêmeas": _TWO, "dúzia": frozenset({Fraction(12)}),
                 "metade": frozenset({Fraction(1, 2), Fraction(50)}),
                 "triplo": frozenset({Fraction(3)})},
    decimal_comma=True,
    weekday_phrase=re.compile(
        r"\b(?:na|nessa|nesta|essa|esta|até|desta|toda|próxima|última)\s+(segunda|terça|quarta|quinta|sexta)\b"
        r"(?! (?:vez|parte|pessoa|chance|esposa|filha|hora))",
        re.IGNORECASE,
    ),
)  # fmt: skip

NUMBER_WORDS = {"en": ENGLISH, "es": SPANISH, "pt": PORTUGUESE}
