from tests.test_migrations import *
def norm(s):
    s=re.sub(r"character varying(?!\()","text",s); return re.sub(r"(ck_\w+?_)?([a-z]+_known)",r"\2",s)
def test_diff(cluster, template):
    load_tables()
    cluster.ensure_database("fm2")
    asyncio.run(create_all(cluster.url(OWNER, "fm2")))
    a,b=[{",".join(sorted(norm(x).split(","))) for x in dump(cluster, d)} for d in (template,"fm2")]
    for x in sorted(a-b): print("MIG  ", x[:700])
    for x in sorted(b-a): print("MODEL", x[:700])
