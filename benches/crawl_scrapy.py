"""The other side of `benches/crawl.rs fetch`: Scrapy, storing bodies only, over the same site.

    pip install scrapy
    cargo run --profile quick --example test_site -- --hosts 1000 --articles 10 --page-bytes 50000   # prints its port
    python3 benches/crawl_scrapy.py PORT

Prints pages per CPU second of this process. Scrapy runs without delay, robots.txt, cookies, retries and log, which is as
fast as it goes; each host has one request under way, as in ours.
"""

import re
import resource
import sys
import urllib.request

import scrapy
from scrapy.crawler import CrawlerProcess

HOSTS = 1_000


def address(host: int) -> str:
    number = host + (10 << 16) + 1
    return f"127.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def paths(port: int, host: int) -> list[str]:
    with urllib.request.urlopen(f"http://{address(host)}:{port}/feed.xml") as feed:
        return sorted(set(re.findall(r"<link>(http[^<?]*\.html)", feed.read().decode())))


class Pages(scrapy.Spider):
    name = "pages"
    n_pages = 0
    n_bytes = 0

    async def start(self):
        for url in self.urls:
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response):
        Pages.n_pages += 1
        Pages.n_bytes += len(response.body)


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    port = int(sys.argv[1])
    of_hosts = [paths(port, host) for host in range(HOSTS)]
    # Host by host in turn.
    Pages.urls = [urls[n] for n in range(max(map(len, of_hosts))) for urls in of_hosts if n < len(urls)]
    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": 64,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": False,
            "COOKIES_ENABLED": False,
            "RETRY_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
        }
    )
    process.crawl(Pages)
    before = cpu()
    process.start()
    spent = cpu() - before
    print(f"scrapy {scrapy.__version__}: {Pages.n_pages} pages, {spent:.2f} CPU s, {Pages.n_pages / spent:.0f} pages a CPU second, "
          f"{Pages.n_bytes // max(Pages.n_pages, 1)} bytes a page")


if __name__ == "__main__":
    main()
