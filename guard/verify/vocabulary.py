"""Closed lists of English words that the checks treat apart."""

from __future__ import annotations


def listed(text: str) -> frozenset[str]:
    """The words of a list written as running text."""
    return frozenset(text.split())


STOP = listed(
    """a an the this that these those and or but nor so if then than as at by for from in into of
    on onto to up with about after before between during through over under above below is are was
    were be been being am do does did done has have had having will would shall should can could
    may might must it its he him his she her hers they them their theirs we us our you your i me
    my who whom whose which what when where why how there here also too very just only own same
    such more most some any each other s t not no while because until against again once per via
    however both all"""
)

ABBREVIATIONS = listed(
    """mr mrs ms dr prof st sr jr vs etc e.g i.e no fig eq approx inc ltd co corp gen col sen rep
    gov u.s u.k jan feb mar apr jun jul aug sep sept oct nov dec al ca cf vol pp"""
)

LINKS = listed("of de la le du des di da del van von der den al bin ibn y e and for")
"""Small words inside names: Bank of England, Ludwig van Beethoven."""

TITLES = listed(
    """mr mrs ms dr prof professor sir lord lady president king queen prince princess pope saint
    captain general colonel senator governor minister chancellor judge justice the company inc ltd
    corp corporation co llc plc gmbh ag group jr sr"""
)
"""Words that come with a name but may be left out."""

DATES = listed(
    """january february march april may june july august september october november december jan
    feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday
    sunday bc ad bce ce am pm i ok yes no spring summer autumn fall winter christmas"""
)
"""Capitalised words of time, which the check of quantities compares."""

NEGATORS = listed(
    """not never no none nobody nothing neither nor without cannot cant isnt arent wasnt werent
    dont doesnt didnt wont wouldnt shouldnt couldnt hasnt havent hadnt aint unable fails failed
    fail lacks lacked lack refused declined hardly rarely"""
)

ALIASES: tuple[frozenset[str], ...] = tuple(
    listed(row)
    for row in (
        "us usa america american americans states",
        "uk britain british england english kingdom",
        "france french",
        "spain spanish",
        "germany german deutschland",
        "netherlands dutch holland",
        "denmark danish",
        "sweden swedish",
        "poland polish",
        "turkey turkish",
        "ireland irish",
        "wales welsh",
        "scotland scottish scots",
        "greece greek",
        "china chinese",
        "japan japanese",
        "portugal portuguese",
        "switzerland swiss",
        "norway norwegian",
        "finland finnish",
        "russia russian ussr soviet",
        "eu european europe",
        "un nations",
        "covid sars cov ncov coronavirus coronaviruses pandemic",
        "italy italian",
        "belgium belgian",
        "austria austrian",
        "canada canadian",
        "mexico mexican",
        "brazil brazilian",
        "india indian",
        "iraq iraqi",
        "israel israeli",
        "pakistan pakistani",
        "thailand thai",
        "egypt egyptian",
        "argentina argentine argentinian",
        "ukraine ukrainian",
        "czechia czech",
        "hungary hungarian",
    )
)
"""Countries and their people, where spelling does not show that they belong together."""
