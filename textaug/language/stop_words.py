"""English words that are not replaced."""

from __future__ import annotations

_STOP_WORDS = """
a an the this that these those some any each every either neither both all half no none such
another other others same own
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself
she her hers herself it its itself they them their theirs themselves one ones oneself who whom
whose which what whoever whatever whichever somebody someone something anybody anyone anything
everybody everyone everything nobody nothing
here there where when why how somewhere anywhere everywhere nowhere whenever wherever however
be am is are was were been being have has had having do does did done doing can could may might
must shall should will would ought need dare cannot
come comes came coming get gets got getting gotten give gives gave given giving go goes went gone
going keep keeps kept keeping let lets letting make makes made making put puts putting seem seems
seemed seeming set sets setting take takes took taken taking tell tells told telling use uses used
using
aboard about above according across after against ahead along alongside amid among amongst around
as at before behind below beneath beside besides between beyond but by concerning despite down due
during except for from in including inside into like minus near of off on onto opposite out outside
over past per plus regarding round since than through throughout till to toward towards under
underneath unlike until up upon versus via with within without
and or nor so yet if unless while whereas although though because whether lest provided
not never ever also too very just only even still already again once twice then now thus hence
therefore moreover quite rather almost enough much many more most few fewer fewest little less least
several lot lots well else away back together apart ago later first second third last next
zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
million billion trillion dozen
yes please thanks hello okay
"""
STOP_WORDS: frozenset[str] = frozenset(_STOP_WORDS.split())
