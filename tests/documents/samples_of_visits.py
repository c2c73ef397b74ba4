"""What minutes hold of the time before the scores."""

from service.documents.papers_of_visits import BeforeScores

BEFORE_SCORES: BeforeScores = {
    "presences": [
        {
            "application_code": "A1",
            "organisation": "Asociación de Productores Hercca",
            "present": 14,
            "families": 30,
            "closed_by": "Julia Arapa Kana",
            "reason": "",
        },
        {
            "application_code": "A2",
            "organisation": "Comunidad Campesina Chumo",
            "present": 22,
            "families": 25,
            "closed_by": "Paulina Mamani Ccopa",
            "reason": "Llegó una familia más",
        },
    ],
    "calibrations": [
        {
            "contest_code": "PDN",
            "stage": "field",
            "closed_at": "2026-02-14T15:00:00Z",
            "jurors": ["Jacinto Borda Lima", "Julia Arapa Kana"],
        }
    ],
}
