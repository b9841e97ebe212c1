"""One-page documents and the schemas of what stands in them, to measure extraction with."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string", "maxLength": 120}


def record(**fields: Any) -> dict[str, Any]:
    """A closed object with all of these fields."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def listing(item: dict[str, Any], most: int) -> dict[str, Any]:
    """A list of one to `most` items."""
    return {"type": "array", "items": item, "minItems": 1, "maxItems": most}


LETTER = """Marlowe Instruments GmbH
Industriestrasse 14, 70565 Stuttgart

To: Ms Ingrid Halvorsen, Purchasing, Nordfjord Aquaculture AS, Strandgata 3, 6770 Nordfjordeid
Date: 11 April 2024
Subject: Replacement of oxygen sensors delivered with order NA-2024-0317

Dear Ms Halvorsen,

Thank you for your message of 8 April. Our laboratory has examined the six sensors that you
returned. Four of them show a cracked membrane, which is a fault of the batch OX-5521 and is covered
by the warranty. Two sensors are in working order and will be sent back to you.

We will deliver four new sensors of the model OxyGuard 7 free of charge. The parcel leaves our
warehouse in Stuttgart on 15 April 2024 with Nordic Parcel Service, tracking number NPS 88 4410 207.
Please keep the enclosed calibration sheets with the instruments.

If the readings drift again, call our service desk at +49 711 555 0142 and name the case number
C-77193.

Kind regards,
Dr Tobias Ehrlich
Head of Customer Service
"""
MINUTES = """Minutes of the meeting of the Riverside Allotment Association
Held in the Old Boathouse on Thursday 6 June 2024, 19:00 to 20:45

Present: Amara Osei (chair), Declan Murphy (treasurer), Yuki Tanaka (secretary), Paula Reyes,
Stefan Novak and eleven members.

1. Water supply. Stefan Novak reported that the pump at the north gate loses pressure since the
storm of 21 May. The meeting agreed to hire Brookfield Plumbing to replace the pump. Stefan Novak
will ask for a written quote by 20 June 2024.

2. Accounts. Declan Murphy presented the accounts for 2023. Income was 4,310 pounds, spending was
3,925 pounds. The accounts were accepted without objection.

3. Open day. The open day takes place on Saturday 14 September 2024. Paula Reyes will design the
poster and Yuki Tanaka will write to the local newspaper by 15 August 2024.

4. Any other business. Members are reminded to close the compost bins because of foxes.

Next meeting: Thursday 5 September 2024, 19:00, in the Old Boathouse.
"""
DATASHEET = """HX-240 Plate Heat Exchanger: data sheet, revision 3

The HX-240 is a brazed plate heat exchanger for district heating substations and hot water systems.
It is made by Calder Thermal Ltd in Sheffield.

Plates: stainless steel 1.4401, brazed with copper
Number of plates: 40
Nominal heat output: 240 kW
Maximum working pressure: 30 bar
Maximum working temperature: 195 C
Minimum working temperature: -50 C
Volume of the primary side: 3.8 litres
Volume of the secondary side: 4.0 litres
Connections: four threaded ports, G 1 1/4
Weight when empty: 17.5 kg
Dimensions: 526 mm high, 119 mm wide, 98 mm deep
Approvals: PED 2014/68/EU, CE, UKCA
Order number: CT-HX240-40
Spare gasket set: CT-GS-114
Insulation jacket: CT-IJ-240

Install the exchanger upright, with the warm side facing the wall. Flush both circuits before use.
"""
NOTICE = """HARBOUR NOTICE No. 27 of 2024

Issued by the Harbour Master of Port Ellery on 2 May 2024

Mariners are advised that dredging will be carried out in the East Basin from Monday 13 May 2024 to
Friday 31 May 2024, daily between 06:00 and 18:00. The work will be done by the dredger Sandpiper
and the support vessel Little Tern.

The East Basin will be closed to vessels with a draught of more than 2.5 metres. Smaller vessels
shall keep clear of the dredger by at least 50 metres and proceed at no more than 4 knots. The fuel
berth remains open; vessels shall use the West Channel to reach it.

The dredger listens on VHF channel 12 and shows the lights and shapes for a vessel restricted in her
ability to manoeuvre. Enquiries to the harbour office, telephone 01632 960 418, or by e-mail to
office@portellery.example.

Captain Moira Sinclair
Harbour Master
"""
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "letter": (
        LETTER,
        record(
            sender=TEXT,
            sender_address=TEXT,
            recipient=TEXT,
            company=TEXT,
            subject=TEXT,
            order_number=TEXT,
            faulty_batch=TEXT,
            new_model=TEXT,
            carrier=TEXT,
            tracking_number=TEXT,
            service_phone=TEXT,
            case_number=TEXT,
            signed_by=TEXT,
        ),
    ),
    "minutes": (
        MINUTES,
        record(
            association=TEXT,
            place=TEXT,
            chair=TEXT,
            treasurer=TEXT,
            secretary=TEXT,
            topics=listing(record(title=TEXT, decision=TEXT), 4),
            next_meeting=TEXT,
        ),
    ),
    "datasheet": (
        DATASHEET,
        record(
            product=TEXT,
            maker=TEXT,
            plates=TEXT,
            properties=listing(record(name=TEXT, value=TEXT), 6),
            approvals=TEXT,
            order_number=TEXT,
            spare_gasket_set=TEXT,
            insulation_jacket=TEXT,
        ),
    ),
    "notice": (
        NOTICE,
        record(
            issued_by=TEXT,
            area=TEXT,
            period=TEXT,
            dredger=TEXT,
            support_vessel=TEXT,
            closed_to=TEXT,
            speed_limit=TEXT,
            radio_channel=TEXT,
            telephone=TEXT,
            email=TEXT,
            signed_by=TEXT,
        ),
    ),
}
