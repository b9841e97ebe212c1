"""A small table of words that turn a statement into its opposite."""

from __future__ import annotations

from functools import lru_cache

_PAIRS = """
increase increases increased increasing rise rises rose risen rising grow grows grew growing |
decrease decreases decreased decreasing fall falls fell fallen falling drop drops dropped shrank
decline declines declined declining ;
reduce reduces reduced reducing lower lowers lowered | raise raises raised increase increases
increased ;
more | less fewer ;
most | least fewest ;
higher | lower ;
high | low ;
highest | lowest ;
larger bigger | smaller ;
large big huge | small tiny ;
largest biggest | smallest ;
longer | shorter ;
longest | shortest ;
older elder | younger ;
oldest | youngest ;
faster quicker | slower ;
fast quick | slow ;
before prior | after following ;
earlier | later ;
early | late ;
first | last ;
above over | below under ;
open opens opened | closed closes shut ;
win wins won winning | lose loses lost losing ;
winner | loser ;
victory | defeat ;
gain gains gained profit profits | loss losses ;
alive living | dead died deceased ;
true correct right | false incorrect wrong ;
accept accepts accepted approve approves approved | reject rejects rejected refuse refuses
refused denied ;
allow allows allowed permit permits permitted | forbid forbids forbidden prohibit prohibits
prohibited ban banned ;
include includes included including | exclude excludes excluded excluding ;
legal | illegal ;
lawful | unlawful ;
male | female ;
north northern | south southern ;
east eastern | west western ;
left | right ;
hot warm | cold cool ;
heat heats heating | cool cools cooling ;
buy buys bought purchase purchased | sell sells sold ;
arrive arrives arrived | depart departs departed leave leaves left ;
start starts started begin begins began | end ends ended stop stops stopped finish finished ;
always | never ;
all every everyone everybody | none nobody ;
inside indoors | outside outdoors ;
indoor | outdoor ;
young | old ;
safe | dangerous unsafe harmful ;
beneficial | harmful ;
possible | impossible ;
able | unable ;
asleep sleeping | awake ;
sitting seated | standing ;
empty | full ;
best | worst ;
better | worse ;
minimum | maximum ;
import imports imported | export exports exported ;
positive | negative ;
success successful succeeded | failure unsuccessful failed ;
pass passes passed | fail fails failed ;
married | unmarried divorced single ;
improve improves improved improving | worsen worsens worsened worsening ;
strengthen strengthens strengthened | weaken weakens weakened ;
enable enables enabled | disable disables disabled ;
common | rare uncommon ;
easy easier | hard difficult harder ;
strong stronger | weak weaker ;
wet | dry ;
public | private ;
major | minor ;
majority | minority ;
presence present | absence absent ;
likely | unlikely ;
known | unknown ;
active | inactive ;
complete completed | incomplete unfinished ;
required mandatory compulsory | optional ;
praise praised | criticise criticised criticize criticized ;
love loves loved like likes liked | hate hates hated dislike dislikes disliked ;
domestic | foreign ;
same identical | different ;
day | night ;
oppose opposes opposed | support supports supported back backs backed favour favoured favor
favored ;
welcome welcomes welcomed | criticise criticised criticize criticized reject rejects rejected ;
warmer hotter | colder cooler ;
cheap cheaper cheapest | expensive costly dearer dearest ;
expand expands expanded expanding | shrink shrinks shrank shrunk shrinking contract contracted ;
grow grows grew growing | shrink shrinks shrank shrunk shrinking ;
ascend ascended climb climbed | descend descended ;
attract attracts attracted | repel repels repelled ;
maximal | minimal ;
upstream | downstream ;
upper | lower ;
wide wider | narrow narrower ;
deep deeper | shallow shallower ;
thick thicker | thin thinner ;
rich richer | poor poorer ;
heavier | lighter ;
taller | shorter ;
permanent | temporary ;
voluntary | compulsory mandatory ;
guilty convicted | innocent acquitted ;
profitable | unprofitable ;
surplus | deficit ;
upgrade upgraded | downgrade downgraded ;
"""


@lru_cache(maxsize=1)
def _table() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for row in _PAIRS.split(";"):
        left, _, right = row.partition("|")
        for one, other in ((left, right), (right, left)):
            for word in one.split():
                table.setdefault(word, set()).update(other.split())
    return {word: frozenset(others) for word, others in table.items()}


@lru_cache(maxsize=16384)
def opposites(word: str) -> frozenset[str]:
    """The words that mean the opposite of a folded word, as far as the table knows."""
    return _table().get(word, frozenset()) | _prefixed(word)


def _prefixed(word: str) -> frozenset[str]:
    if len(word) < 5:
        return frozenset()
    return frozenset((f"un{word}", f"non{word}")) | frozenset(
        word.removeprefix(prefix)
        for prefix in ("un", "non")
        if word.startswith(prefix) and len(word) - len(prefix) >= 4
    )
