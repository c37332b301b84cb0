"""Industries and strategic objectives, forty of each a firm type.

With ``context=true`` each problem gets one of each, as in the published study's second experiment.
They are written for this project. An objective says what the organisation is after, so that it fits
its firm type: context is therefore not neutral, and is refused with the neutral framing.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple


class Contexts(NamedTuple):
    """What may be told about an organisation of one firm type."""

    industries: tuple[str, ...]
    objectives: tuple[str, ...]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


_FOR_PROFIT = Contexts(
    _lines(
        """
        motorway fuel stations
        corrugated cardboard packaging
        commercial aircraft leasing
        domestic heat pumps
        budget gym chains
        semiconductor test equipment
        frozen ready meals
        self-storage warehouses
        contact lenses
        payment terminals for shops
        industrial lubricants
        suburban cinemas
        garden furniture
        cruise holidays
        bottled iced tea
        tyre retail and fitting
        wedding photography
        cloud storage for companies
        power tools
        ski resorts
        office coffee machines
        pet food
        freight forwarding
        kitchen worktops
        video games for phones
        car rental at airports
        roof tiles
        vitamin supplements
        outdoor advertising
        running shoes
        commercial laundry
        home insurance
        glass bottles
        electric scooters
        parcel lockers
        hair salons
        wood pellets
        watches
        hotel booking software
        fitted wardrobes
        """
    ),
    _lines(
        """
        raise the return on equity above that of its two closest rivals
        pay a growing dividend for ten years in a row
        win the largest share of its market without cutting margins
        bring the cost of each unit down by a tenth
        prepare the firm for a stock-market listing within three years
        double the operating profit by the end of the decade
        free cash for a large share buyback
        earn back the last acquisition a year early
        build a premium brand that supports higher prices
        lift the credit rating by one grade
        enter two export markets that pay for themselves within a year
        close the valuation gap to the industry leader
        turn the least profitable division around or sell it
        raise the profit on every existing customer
        defend margins while raw materials become dearer
        make the sales force pay its way in every region
        reach break-even in the online business this year
        beat the analysts' earnings forecast four quarters in a row
        shorten the time that capital is tied up in stock
        finance growth from earnings alone
        grow revenue faster than costs every year
        secure exclusive supply contracts that competitors cannot match
        license its technology to others for a steady royalty
        make the firm an attractive target for a takeover bid
        reduce debt to half of annual earnings
        earn more from services than from goods
        fill idle capacity with profitable orders
        use market power where demand is least elastic
        outperform the sector index over five years
        raise the share price ahead of the founder's exit
        cut overheads to the level of the best competitor
        concentrate on the few products that earn most of the profit
        keep investors' trust after a weak year
        increase the profit of each square metre of floor space
        bundle products so that each order earns more
        become the cost leader of its region
        turn patents into a lasting competitive advantage
        lock in long contracts while prices are high
        automate until each worker's output has doubled
        return all surplus capital to its owners
        """
    ),
)

_SYMMETRIC = Contexts(
    _lines(
        """
        regional dairy processing
        employee-owned engineering consultancy
        municipal bus services
        organic cotton clothing
        broadband for small towns
        bakery chains
        timber construction
        savings and loans
        bicycle manufacturing
        hearing aids
        community pharmacies
        offshore wind maintenance
        ferry services
        paper recycling
        fair-trade chocolate
        water filters
        school catering
        furniture repair and resale
        district heating
        print and book production
        home care services
        electric vans
        wine growers' cellars
        soap and detergents
        rail freight
        toy making
        regional newspapers
        solar panel installation
        fisheries and fish processing
        spectacle frames
        car sharing
        market gardens
        bricks and ceramics
        hospital linen
        language schools
        musical instruments
        grain milling
        mobile phone repair
        tea importing
        holiday villages
        """
    ),
    _lines(
        """
        share every gain in productivity among all who helped to make it
        become a firm that investors, workers, buyers and neighbours would all choose again
        report financial, social and environmental results with equal weight
        grow at a pace that no group has to pay for
        anchor a stakeholder council in its decisions
        earn a certificate for balanced corporate conduct
        find prices, wages and returns that all sides call fair
        keep profits, pay, affordability and the environment in step
        rebuild trust on every side after a reorganisation
        settle conflicts of interest by splitting the difference
        modernise plants without leaving any group worse off
        link bonuses to results for each of its four constituencies
        write a charter that ranks none of its constituencies first
        stay independent by keeping all of its partners satisfied
        adopt integrated reporting across all of its sites
        spread the cost of the energy transition evenly
        build supply relations that last a generation
        show that sound returns and good citizenship go together
        share the risks of a downturn as evenly as the gains of an upturn
        weigh each investment by what it does for everyone concerned
        reach agreement with every constituency before each major change
        balance a fair return on capital with decent work and decent prices
        turn a family firm into one that serves all who depend on it
        measure success by the group that gained least as well as the one that gained most
        offer good value, good jobs, good returns and good conduct at the same time
        bring each constituency's satisfaction to the same level
        use new technology where every side sees an advantage
        publish how each year's surplus was divided
        expand only where the region, its workers, its buyers and its funders agree
        make long-term prosperity for all the measure of its plans
        avoid gains for one side that come out of another's pocket
        be known as the even-handed firm of its sector
        include all constituencies in its five-year plan
        cushion a fall in demand without shifting the burden to one group
        keep a stable course between thrift and generosity
        treat capital, labour, custom and the environment as equal partners
        pass on lower costs to everyone in equal parts
        manage its brand, its books, its workplace and its footprint as one
        create value that can be traced to each constituency
        make decisions that it could explain to any of its constituencies
        """
    ),
)

_NONPROFIT = Contexts(
    _lines(
        """
        rural health clinics
        food banks
        social housing
        public libraries
        adult literacy courses
        wheelchair workshops
        child care centres
        hospices
        youth sports clubs
        legal advice for tenants
        blood donation services
        nature reserves
        sheltered workshops
        refugee language training
        community theatres
        mountain rescue
        second-hand clothing shops
        drinking-water projects
        meals for housebound people
        mental health helplines
        school tutoring
        animal shelters
        open-source teaching materials
        vaccination campaigns
        museums of local history
        repair cafés
        village shops run by volunteers
        student residences
        debt counselling
        disability transport
        community radio
        urban allotments
        maternity clinics
        orchestras for young players
        disaster relief supplies
        microcredit for smallholders
        reading glasses for low-income regions
        energy advice for households
        coastal conservation
        rehabilitation after prison
        """
    ),
    _lines(
        """
        reach people whom no other provider serves
        keep its services affordable for the poorest households
        give every worker a secure contract and a living wage
        cut waiting times for those who need help most
        open a branch in each underserved district
        halve the environmental footprint of its work
        train people who have been out of work for years
        let the people it serves take part in its decisions
        widen access for people with disabilities
        put every surplus back into its services
        raise the quality of care without raising fees
        pay carers what their work is worth
        pass on what it knows to other charities free of charge
        strengthen neighbourhoods where public services have withdrawn
        offer its basic service free of charge to children
        protect its staff from burnout
        double the number of people helped within four years
        restore habitats near every site that it runs
        make its programmes work in every local language
        earn the lasting trust of the communities around it
        prevent hardship rather than only relieve it
        create jobs for people whom employers overlook
        reduce loneliness among older residents
        respond to emergencies within a day
        improve health in the regions with the shortest lives
        keep young people in education
        serve remote settlements as well as towns
        give volunteers and employees a voice in planning
        make its buildings free of emissions
        bring down the price that families pay for essentials
        support those who look after relatives at home
        show in public what good it has done
        defend the rights of people without a lobby
        pass on donated goods before they go to waste
        teach skills that remain after its projects end
        treat everyone who seeks its help with dignity
        improve working conditions in the whole of its field
        safeguard cultural heritage for later generations
        extend opening hours for people who work shifts
        leave the places where it works cleaner than it found them
        """
    ),
)

CONTEXTS: MappingProxyType[str, Contexts] = MappingProxyType(
    {"for_profit": _FOR_PROFIT, "symmetric": _SYMMETRIC, "nonprofit": _NONPROFIT}
)
"""Industries and objectives of each firm type."""
